using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Labeler.Shared.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class VotesOfSets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Voters",
                table: "Votes",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "Weight",
                table: "Votes",
                type: "double precision",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Voters",
                table: "Votes");

            migrationBuilder.DropColumn(
                name: "Weight",
                table: "Votes");
        }
    }
}
